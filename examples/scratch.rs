fn main() {
    let a: Vec<String> = std::env::args().collect();
    let w = spanglass::store::Writer::open(a[1].as_ref(), |k| spanglass::dialect::content_side(k).is_some())
        .unwrap();
    let (inlet, _p) =
        spanglass::ingest::Pipeline::start(w, spanglass::price::Prices::bundled(), Box::new(|_| {})).unwrap();
    let c = spanglass::receive::Config {
        grpc: vec![a[2].parse().unwrap()],
        http: vec![a[3].parse().unwrap()],
        ..Default::default()
    };
    let r = spanglass::receive::Receiver::start(c, inlet).unwrap();
    eprintln!("listening grpc={} http={} db=x", r.grpc_addr(), r.http_addr());
    loop {
        std::thread::park();
    }
}

//! What was looked up before: names once, cards once a day.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use genai_prices::Calculator;
use rustc_hash::{FxHashMap, FxHasher};

use super::card::Card;
use super::overrides::Rules;
use super::resolve::{Listed, Named, Reason, Tariff, resolve};
use crate::model::{PriceQuery, UnixNanos};

const NANOS_PER_DAY: u64 = 86_400_000_000_000;
/// Prices by time of day begin and end on half hours.
const NANOS_PER_SLOT: u64 = NANOS_PER_DAY / 48;

/// More names or cards than this are never in use at once: then all is forgotten and looked up anew.
const MOST: usize = 4096;

/// See the module.
#[derive(Default)]
pub(super) struct Cache {
    /// By hash of the names, which are compared in full.
    names: FxHashMap<u64, Vec<(Names, Named, usize)>>,
    cards: FxHashMap<(usize, Slot), Page>,
    /// Numbers for listed models: the key of their cards.
    count: usize,
}

/// Everything in a query that names who is to be paid.
#[derive(PartialEq, Eq)]
struct Names([Option<String>; 5]);

/// For how long a card holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Slot {
    Day(u64),
    HalfHour(u64),
}

#[derive(Clone)]
enum Page {
    Card(Option<Arc<Card>>),
    /// The day's prices change with the hour: one card per half hour.
    ByHalfHour,
}

impl Cache {
    /// How the call of `query` is priced.
    pub(super) fn tariff(&mut self, calculator: &Calculator, rules: &Rules, query: &PriceQuery) -> Tariff {
        let hash = hash(query);
        let known = self.names.get(&hash).and_then(|all| all.iter().find(|(names, ..)| names.are_of(query)));
        let (named, number) = match known {
            Some((_, named, number)) => (named.clone_unlisted(), *number),
            None => self.learn(calculator, query, hash),
        };
        match named {
            Ok(tariff) => tariff,
            Err(()) => self.by_card((calculator, rules), query, hash, number),
        }
    }

    fn learn(
        &mut self,
        calculator: &Calculator,
        query: &PriceQuery,
        hash: u64,
    ) -> (Result<Tariff, ()>, usize) {
        if self.names.len() + self.cards.len() > MOST {
            self.names.clear();
            self.cards.clear();
        }
        let named = resolve(calculator, query);
        let known = named.clone_unlisted();
        self.count += 1;
        self.names.entry(hash).or_default().push((Names::of(query), named, self.count));
        (known, self.count)
    }

    fn by_card(
        &mut self,
        sources: (&Calculator, &Rules),
        query: &PriceQuery,
        hash: u64,
        number: usize,
    ) -> Tariff {
        let (day, half_hour) = (query.at / NANOS_PER_DAY, query.at / NANOS_PER_SLOT);
        for slot in [Slot::Day(day), Slot::HalfHour(half_hour)] {
            match self.cards.get(&(number, slot)) {
                Some(Page::Card(card)) => return tariff_of(card.clone()),
                Some(Page::ByHalfHour) => {}
                None => return self.read(sources, (hash, number), slot, query.at),
            }
        }
        Tariff::Unknown(Reason::NotListed)
    }

    fn read(
        &mut self,
        (calculator, rules): (&Calculator, &Rules),
        (hash, number): (u64, usize),
        slot: Slot,
        at: UnixNanos,
    ) -> Tariff {
        let known = self.names.get(&hash).and_then(|all| all.iter().find(|(.., n)| *n == number));
        let Some((_, Named::Listed(listed), _)) = known else { return Tariff::Unknown(Reason::NotListed) };
        let card = Card::read(calculator, listed, at).map(|card| match rules.discount(&card.provider) {
            Some(factor) => Arc::new(card.discounted(factor)),
            None => Arc::new(card),
        });
        if matches!(slot, Slot::Day(_)) && changes_within_day(calculator, listed, at) {
            self.cards.insert((number, slot), Page::ByHalfHour);
            self.cards.insert((number, Slot::HalfHour(at / NANOS_PER_SLOT)), Page::Card(card.clone()));
        } else {
            self.cards.insert((number, slot), Page::Card(card.clone()));
        }
        tariff_of(card)
    }
}

fn tariff_of(card: Option<Arc<Card>>) -> Tariff {
    card.map_or(Tariff::Unknown(Reason::NotByToken), Tariff::Listed)
}

fn changes_within_day(calculator: &Calculator, listed: &Listed, at: UnixNanos) -> bool {
    let midnight = at - at % NANOS_PER_DAY;
    let now = Card::signature(calculator, listed, at);
    (0..48).any(|slot| Card::signature(calculator, listed, midnight + slot * NANOS_PER_SLOT) != now)
}

impl Named {
    /// The tariff that needs no card, or `Err` for one that does.
    fn clone_unlisted(&self) -> Result<Tariff, ()> {
        match self {
            Self::Free => Ok(Tariff::Free),
            Self::Local => Ok(Tariff::Local),
            Self::Unknown(reason) => Ok(Tariff::Unknown(*reason)),
            Self::Listed(_) => Err(()),
        }
    }
}

fn fields(query: &PriceQuery) -> [Option<&str>; 5] {
    [&query.response_model, &query.request_model, &query.provider, &query.server, &query.service_tier]
        .map(Option::as_deref)
}

fn hash(query: &PriceQuery) -> u64 {
    let mut hasher = FxHasher::default();
    fields(query).hash(&mut hasher);
    hasher.finish()
}

impl Names {
    fn of(query: &PriceQuery) -> Self {
        Self(fields(query).map(|name| name.map(str::to_owned)))
    }

    fn are_of(&self, query: &PriceQuery) -> bool {
        self.0.iter().map(Option::as_deref).eq(fields(query))
    }
}

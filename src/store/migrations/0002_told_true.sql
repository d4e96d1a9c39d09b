-- Told true: a parent in another trace, and what a call's tokens cost each.
ALTER TABLE step ADD COLUMN parent_trace_id BLOB;
-- JSON array of nano-dollars for a million tokens: input, cache read, cache write, cache write 1 h, audio input, output,
-- reasoning, audio output, null where unknown; last for the request, in nano-dollars. Kept where another report of the
-- same call may still tell more of its tokens.
ALTER TABLE step ADD COLUMN rates TEXT;

-- Of a vault of form 2: what may leave at a moment of its own says from when on.
ALTER TABLE disclosures ADD COLUMN not_before TEXT;

-- The node that stored a frame; NULL: a program from before this column was there.
ALTER TABLE frame ADD COLUMN node text;

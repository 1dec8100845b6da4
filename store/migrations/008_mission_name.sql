-- A mission's name for readers of traditional Chinese. NULL: it is told in simplified characters.
ALTER TABLE mission ADD COLUMN name_zh_hant TEXT;

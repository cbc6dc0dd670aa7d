-- What a token or a browser session was made with: it ends with that.
ALTER TABLE token ADD COLUMN made_by text;
ALTER TABLE web_session ADD COLUMN made_by text;
ALTER TABLE sign_in_link ADD COLUMN made_by text;
CREATE INDEX token_made_by ON token (made_by) WHERE made_by IS NOT NULL;
CREATE INDEX web_session_made_by ON web_session (made_by) WHERE made_by IS NOT NULL;

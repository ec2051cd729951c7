"""One import: the only place where api, store and counting meet."""

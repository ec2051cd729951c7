"""The store's migrations, run by the store itself when it is opened."""

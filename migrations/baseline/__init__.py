"""Revision 0001, one module per domain, in words of its own: frozen, and independent of `migrations/tables`.

Constraints without a name get PostgreSQL's: `<table>_pkey`, `<table>_<column>_fkey`, `<table>_<columns>_key`.
"""

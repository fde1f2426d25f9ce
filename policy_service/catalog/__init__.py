"""Which policy governs a request: folders of merchants, versions with effective dates, statutes, atomic reload."""

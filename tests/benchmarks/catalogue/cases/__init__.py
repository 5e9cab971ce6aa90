"""One module per distribution, each with ``CASES: list[Case]``; nothing else names them."""

"""What calls cost: takes tokens and prices, gives a ledger of every request with its cost."""

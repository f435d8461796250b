"""The forms of each interface: takes messages, parameters and answers, gives JSON or fields."""

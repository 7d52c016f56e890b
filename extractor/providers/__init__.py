"""Who answers: one protocol, and a room for each kind of model. Each is imported when it is asked for."""

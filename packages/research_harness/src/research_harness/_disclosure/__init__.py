"""What a finished run discloses: the facts that checklists of venues and standards ask for."""

"""What the three services share. No domain words in here: settings, logs, ids, problems, health, serving."""

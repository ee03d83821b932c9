"""`python -m todo_agent` runs the agents."""

from todo_agent.app import create_app
from todo_agent.settings import Settings
from todo_kit.server import serve

if __name__ == "__main__":
    serve(create_app, Settings, service="ai-agent")

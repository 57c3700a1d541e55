"""The ceiling for pages: one Flask view that says hello, under the same server with the same settings."""

from flask import Flask

from core.cli import serve

app = Flask(__name__)
app.cli.add_command(serve)


@app.get("/")
def hello() -> str:
    """The least that Flask can answer."""
    return "Hello, World!"

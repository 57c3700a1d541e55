"""The ceiling for pages: one Flask view that says hello, under the same server with the same settings."""

from flask import Flask

from core.cli import serve
from core.metering import Meter

app = Flask(__name__)
app.cli.add_command(serve)
# The server shows there how many wait; requests are not counted, as that is not the least that Flask can do.
app.extensions["dauys_meter"] = Meter()


@app.get("/")
def hello() -> str:
    """The least that Flask can answer."""
    return "Hello, World!"

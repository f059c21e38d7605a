"""The pages that the notice of a sign-in leads to."""
from urllib.parse import urlsplit

from states import state


def notice(scene):
    """The link in a notice: somebody has signed in on a second browser."""
    email = scene.people["ada"][0]
    scene.sign_in()
    scene.screen.reset()
    before = len(scene.house.mails(email, count=0))
    scene.sign_in()
    links = [link for mail in scene.house.mails(email, count=before + 1) for link in mail.links]
    return [link for link in links if urlsplit(link).path.startswith("/not-me/")][-1]


@state("Was this not you?")
def not_me(scene):
    link = notice(scene)
    scene.screen.reset()
    scene.screen.open(link)


@state("This link does not work any more")
def not_me_too_late(scene):
    scene.open("/not-me/mdn_" + "a" * 43)

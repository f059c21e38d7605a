"""How the tests are shared out among processes: a file to a process, for its tests share what was started for them. Where that
would keep one process busy to the end, a file has shares: what is named so in the brackets behind a test."""
import re

from xdist.scheduler import LoadScopeScheduling


class ByFile(LoadScopeScheduling):
    def _split_scope(self, nodeid):
        share = re.search(r"\bshare-\d+\b", nodeid)
        return nodeid.split("::")[0] + (" " + share.group() if share else "")


def longest_first(items, files):
    """So that none of these files is left alone at the end."""
    items.sort(key=lambda item: files.index(item.module.__name__) if item.module.__name__ in files else len(files))

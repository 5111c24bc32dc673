"""The visitors of the demo company, told apart a second time: plain Python, from the CSV files.

A touch is a session on the site or a visit to a stand. A visitor is a contact, as far as one is
known, else a browser, or a badge of one show. Nothing here reads the project's SQL.
"""

from collections import defaultdict
from functools import cached_property

from crm import NONE, in_paris, moment

OWN_HOSTS = {"localhost", "staging.lumevo.example"}


class Visits:
    """The touches and visitors of a company."""

    def __init__(self, company):
        self.company = company

    @cached_property
    def sessions(self):
        """The sessions of people, on the company's own site, up to the reporting date."""
        rows = [
            row
            for row in self.company.session_rows
            if row["user_agent_type"] != "bot"
            and row["hostname"] not in OWN_HOSTS
            and in_paris(moment(row["started_at"])) <= self.company.today
        ]
        people = self.people(rows)
        return [
            {
                "touch_id": row["session_id"],
                "at": moment(row["started_at"]),
                "on": in_paris(moment(row["started_at"])),
                "contact": people[row["session_id"]],
                "visitor": people[row["session_id"]] or ("browser", row["visitor_id"]),
                "channel": self.company.channel(row["source"]),
                "touchpoint": self.company.touchpoints.get(row["source"], NONE),
                "campaign": self.company.campaign(row["campaign_id"]),
                "landing_page": row["landing_page"] or NONE,
                "pages": int(row["page_views"]) if row["page_views"] else None,
                "seconds": int(row["duration_seconds"]) if row["duration_seconds"] else None,
            }
            for row in rows
        ]

    def contact(self, row):
        """The contact that a row names, after merges, even if the CRM does not know it."""
        return self.company.contact_of.get(row["contact_id"], row["contact_id"]) or None

    def people(self, rows):
        """Session -> its contact: the one named in it, else by its browser the next, else the last.

        None where a browser has never been anybody's.
        """
        browsers = defaultdict(list)
        for row in rows:
            browsers[row["visitor_id"]].append(row)
        people = {}
        for sessions in browsers.values():
            sessions.sort(key=lambda row: (moment(row["started_at"]), row["session_id"]))
            named = [contact for row in sessions if (contact := self.contact(row))]
            somebody = named[-1] if named else None
            for row in reversed(sessions):
                somebody = self.contact(row) or somebody
                people[row["session_id"]] = somebody
        return people

    @cached_property
    def stand_visits(self):
        """The visits to stands, up to the reporting date."""
        rows = [
            row
            for row in self.company.stand_rows
            if in_paris(moment(row["visited_at"])) <= self.company.today
        ]
        badges = defaultdict(set)
        for row in rows:
            if row["badge_id"] and self.contact(row):
                badges[row["campaign_id"], row["badge_id"]].add(self.contact(row))
        visits = []
        for row in rows:
            badge = (row["campaign_id"], row["badge_id"] or row["visit_id"])
            contact = self.contact(row) or min(badges[badge], default=None)
            show = self.company.campaigns.get(row["campaign_id"])
            visits.append(
                {
                    "touch_id": "visit/" + row["visit_id"],
                    "at": moment(row["visited_at"]),
                    "on": in_paris(moment(row["visited_at"])),
                    "contact": contact,
                    "visitor": contact or ("badge", *badge),
                    "channel": show["channel"] if show else "trade_show",
                    "touchpoint": show["touchpoint"] if show else "trade_show",
                    "campaign": self.company.campaign(row["campaign_id"]),
                    "landing_page": NONE,
                }
            )
        return visits

    @cached_property
    def touches(self):
        """All touches, the first one first."""
        touches = [*self.sessions, *self.stand_visits]
        return sorted(touches, key=lambda touch: (touch["at"], touch["touch_id"]))

    @cached_property
    def touches_of(self):
        """Contact -> its touches, the first one first."""
        touches = defaultdict(list)
        for touch in self.touches:
            if touch["contact"]:
                touches[touch["contact"]].append(touch)
        return touches

    @cached_property
    def visitors(self):
        """The visitors, with the segments of the first touch and the days of their stages.

        A stage that was reached before the first visit was not brought by it.
        """
        visitors = {}
        for touch in self.touches:
            if touch["visitor"] in visitors:
                continue
            contact = self.company.contacts.get(touch["contact"], {})
            visitor = {
                name: touch[name]
                for name in ("contact", "channel", "touchpoint", "campaign", "landing_page")
            }
            visitors[touch["visitor"]] = visitor | {"first_visit": touch["on"]}
            for stage in ("lead", "mql", "customer"):
                reached = contact.get(stage)
                visitor = visitors[touch["visitor"]]
                visitor[stage] = reached if reached and reached >= touch["on"] else None
        return list(visitors.values())

    @cached_property
    def visited_contacts(self):
        """The contacts that came from where visitors come from, even unseen.

        Their landing page is that of their first touch.
        """
        origins = {origin(touch) for touch in self.touches} - {NONE}
        return [
            contact | {"landing_page": pages[0]["landing_page"] if pages else NONE}
            for number, contact in self.company.contacts.items()
            if origin(contact) in origins
            for pages in [self.touches_of.get(number)]
        ]


def origin(thing):
    """Where somebody came from: the touchpoint, or the channel if it is of none."""
    return thing["channel"] if thing["touchpoint"] == NONE else thing["touchpoint"]

import Identity

extension APISchema {
    static let person = APISchema(
        name: "Person",
        members: [
            Member("id", .text, "The subject (sub) that apps know the person by."),
            Member("email", .text, "The address, as the person wrote it."),
            Member("email_verified", .boolean, "Whether it was proven."),
            Member("name", .text, isRequired: false, "The name to show."),
            Member("given_name", .text, isRequired: false, "The given name."),
            Member("family_name", .text, isRequired: false, "The family name."),
            Member("preferred_username", .text, isRequired: false, "The username."),
            Member("locale", .text, isRequired: false, "The language, BCP 47."),
            Member("zoneinfo", .text, isRequired: false, "The time zone."),
            Member("state", .choice(AccountState.allCases.map(\.rawValue)), "How the account stands."),
            Member("roles", .list(role), "All roles of the person."),
            Member("has_password", .boolean, "Whether there is a password; nothing else is told of it."),
            Member("created_at", .time, "Since when there is the account."),
            Member("updated_at", .time, "When the account was changed last."),
            Member("deleted_at", .time, isRequired: false, "When it was deleted."),
            Member("deleted_by", .choice(["person", "operator"]), isRequired: false, "Who deleted it."),
        ])

    static let role = APISchema(
        name: "Role",
        members: [
            Member("name", .text, "What it is called."),
            Member("context", .text, isRequired: false, "Where it is held, if not everywhere."),
        ])

    static let access = APISchema(
        name: "Access",
        members: [
            Member("methods", .list(method), "By which ways the person has signed in."),
            Member("identities", .list(identity), "Accounts at providers that the person has connected."),
            Member("sessions", .list(session), "Live ones, the latest first."),
            Member("factors", .list(factor), "Second factors that the person has set up."),
            Member("backup_codes_left", .number, "How many of the backup codes are still good."),
            Member("applications", .list(application), "Apps the person has allowed something."),
            Member("preferences", .object(preferences), "What the person decided about sign-in."),
        ])

    static let method = APISchema(
        name: "Method",
        members: [
            Member("method", .text, "As in amr (RFC 8176), or the name of a provider."),
            Member("first_used_at", .time, "When first."), Member("last_used_at", .time, "When last."),
        ])

    static let identity = APISchema(
        name: "Identity",
        members: [
            Member("provider", .text, "The name of the provider in the settings."),
            Member("subject", .text, "By what the provider knows the person."),
            Member("label", .text, isRequired: false, "What the person is called there, as far as was told."),
            Member("since", .time, "When it was connected."),
            Member("last_used_at", .time, isRequired: false, "When the person signed in by it last."),
        ])

    static let factor = APISchema(
        name: "Factor",
        members: [
            Member("kind", .choice(Factor.Kind.allCases.map(\.rawValue)), "Of which kind."),
            Member("name", .text, "What the person calls it."), Member("since", .time, "When it was set up."),
            Member("last_used_at", .time, isRequired: false, "When it was proven last."),
        ])

    static let session = APISchema(
        name: "Session",
        members: [
            Member("id", .text, "The sid that apps know it by."), Member("device", .text, "Browser and system."),
            Member("address", .text, "The network address at sign-in."),
            Member("methods", .texts, "How the person proved who they are."),
            Member("created_at", .time, "When it began."), Member("last_seen_at", .time, "When it was used last."),
            Member("expires_at", .time, "When it ends if it is not used."),
        ])

    static let application = APISchema(
        name: "Application",
        members: [
            Member("client_id", .text, "The app."), Member("scopes", .texts, "What it may do."),
            Member("since", .time, "Since when."),
            Member("offline", .boolean, "Whether it holds access while the person is away."),
        ])

    static let preferences = APISchema(
        name: "Preferences",
        members: [
            Member("magic_links", .boolean, "Whether links by mail may sign the person in."),
            Member(
                "sign_in_notices", .choice(Preferences.SignInNotices.allCases.map(\.rawValue)),
                "Of which sign-ins the person hears by mail."),
        ])

    static let event = APISchema(
        name: "Event",
        members: [
            Member("id", .text, "Grows with time."), Member("time", .time, "When."),
            Member("kind", .text, "What; martlet audit --help lists the kinds."),
            Member("outcome", .choice(["done", "refused"]), "How it ended."), Member("actor", .text, "Who did it."),
            Member("client_id", .text, isRequired: false, "By which app."),
            Member("network", .text, isRequired: false, "From which network."),
            Member("reference", .text, isRequired: false, "Of the request; see martlet explain."),
            Member("details", .details, "Further facts."),
        ])

    static let people = APISchema(
        name: "People",
        members: [
            Member("people", .list(person), "In the order of their addresses."),
            Member("next", .text, isRequired: false, "To be given as after for the next page."),
        ])

    static let events = APISchema(
        name: "Events",
        members: [
            Member("events", .list(event), "The latest first."),
            Member("next", .text, isRequired: false, "To be given as after for older ones."),
        ])

    static let ended = APISchema(
        name: "Ended",
        members: [
            Member("sessions", .number, "How many sessions ended."),
            Member("applications", .number, "How many grants of apps ended."),
        ])

    static let invitation = APISchema(
        name: "Invitation",
        members: [
            Member("email", .text, "Who is invited."),
            Member("name", .text, isRequired: false, "The name to greet them by."),
            Member("roles", .list(role), "What they will have."),
            Member("invited_by", .text, isRequired: false, "The id of the administrator; none for commands and apps."),
            Member("created_at", .time, "Since when."), Member("expires_at", .time, "Until when it can be accepted."),
        ])

    static let invitations = APISchema(
        name: "Invitations",
        members: [
            Member("invitations", .list(invitation), "In the order of their addresses."),
            Member("next", .text, isRequired: false, "To be given as after for the next page."),
        ])

    static let signInLink = APISchema(
        name: "SignInLink",
        members: [
            Member("magic_url", .text, "Where the person goes, and presses a button. For nobody else to see."),
            Member("expires_at", .time, "Until when it is good."),
            Member("link_id", .text, "What events call it; nobody finds the link by it."),
        ])

    /// RFC 9457 §3.
    static let problem = APISchema(
        name: "Problem",
        members: [
            Member("type", .choice(APIProblemKind.allCases.map { "urn:martlet:problem:\($0.rawValue)" }), "What kind."),
            Member("title", .text, "The kind in words."), Member("status", .number, "As of the answer."),
            Member("detail", .text, "What was wrong this time."),
            Member("reference", .text, "By which the operator can ask martlet explain."),
            Member("errors", .list(fault), isRequired: false, "Members that are wrong."),
        ])

    static let fault = APISchema(
        name: "Fault",
        members: [
            Member("pointer", .text, "Which, as a JSON Pointer; ?name for a parameter of the query."),
            Member("detail", .text, "What is wrong with it."),
        ])
}

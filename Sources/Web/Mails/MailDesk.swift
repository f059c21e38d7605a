import HTTPTypes

/// Pages on the private address that show the mail of a trial run, which goes to files instead of people.
///
/// Whoever can open them can open every account, so they are there on one's own machine only, and answer to its own
/// names alone: a web page that has its name resolve to this machine (DNS rebinding) is not answered.
package struct MailDesk: Sendable {
    /// A mail that lies there.
    package struct Entry: Sendable {
        package let name: String
        package let to: String
        package let from: String
        package let subject: String
        package let date: String
        package let text: String
        package let html: String

        package init(
            name: String, to: String, from: String, subject: String, date: String, text: String, html: String
        ) {
            self.name = name
            self.to = to
            self.from = from
            self.subject = subject
            self.date = date
            self.text = text
            self.html = html
        }
    }

    package static let path = "/mail"

    private let pages: Pages
    private let serviceName: String
    private let list: @Sendable () -> [Entry]
    private let find: @Sendable (String) -> Entry?

    package init(
        pages: Pages, serviceName: String, list: @escaping @Sendable () -> [Entry],
        find: @escaping @Sendable (String) -> Entry?
    ) {
        self.pages = pages
        self.serviceName = serviceName
        self.list = list
        self.find = find
    }

    /// `nil` for an address that is none of these pages.
    func reply(_ path: String, host: String?) throws -> Reply? {
        guard path == Self.path || path.hasPrefix(Self.path + "/") else { return nil }
        guard Self.isThisMachine(host) else { return Reply(.forbidden, body: Array("ask by localhost\n".utf8)) }
        let parts = path.dropFirst(Self.path.count).split(separator: "/")
        switch parts.count {
        case 0: return try page("mail-desk", ["mails": list().map(Self.context), "isEmpty": list().isEmpty])
        case 1: return try find(String(parts[0])).map { try page("mail-desk-mail", Self.context($0)) }
        case 2 where parts[1] == "html": return find(String(parts[0])).map(Self.alone)
        default: return nil
        }
    }

    /// One of its own names with or without a port, and nothing before, between or behind.
    private static func isThisMachine(_ host: String?) -> Bool {
        guard let host = host?.utf8 else { return false }
        return ["localhost", "127.0.0.1", "[::1]"].contains { name in
            guard host.starts(with: name.utf8) else { return false }
            let rest = host.dropFirst(name.utf8.count)
            return rest.isEmpty
                || rest.first == UInt8(ascii: ":") && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        }
    }

    private static func context(_ entry: Entry) -> [String: Any] {
        [
            "name": entry.name, "to": entry.to, "from": entry.from, "subject": entry.subject, "date": entry.date,
            "text": entry.text,
        ]
    }

    private func page(_ name: String, _ context: [String: Any]) throws -> Reply {
        var context = context
        context["issuerName"] = serviceName
        return Self.html(
            try pages.render(name, context),
            policy: "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'")
    }

    /// The mail itself, where it can do nothing but have its links opened.
    private static func alone(_ entry: Entry) -> Reply {
        let links = "<head>\n<base target=\"_blank\">"
        var html = entry.html
        if let head = html.range(of: "<head>") { html.replaceSubrange(head, with: links) }
        return Self.html(
            Array(html.utf8),
            policy: "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
                + "style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'")
    }

    private static func html(_ body: [UInt8], policy: String) -> Reply {
        var reply = Reply(.ok, body: body)
        reply.headers[.contentType] = "text/html; charset=utf-8"
        reply.headers[.contentSecurityPolicy] = policy
        reply.headers[.referrerPolicy] = "no-referrer"
        return reply
    }
}

import ArgumentParser
import Foundation
import OAuth
import Storage

/// `martlet audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show security events: who did what, when, from where, with which outcome.",
        discussion: """
            The newest stand last. An event names people by their opaque id alone. A running server writes within a \
            quarter of a second; what stands here stays for audit.keep. Changes nothing.

            EXAMPLES
              martlet audit --since 2h
              martlet audit --since 2026-11-01 --kind reuse_detected
              martlet audit --reference 0a1b2c3d4e      (the reference a page of refusal showed)
              martlet audit --client grafana --json | jq .reason
              martlet audit --follow

            KINDS
            \(AuditInventory.help)
            """)

    @Option(name: .long, help: "Only since then: 90s, 10m, 2h, 30d ago, or 2026-11-21, or 2026-11-21T14:00:00Z.")
    var since: AuditSince?
    @Option(name: .long, help: "Only of this kind: see below.")
    var kind: AuditEvent.Kind?
    @Option(name: .long, parsing: .unconditional, help: "Only about the person with this id (sub).")
    var subject: String?
    @Option(name: .long, parsing: .unconditional, help: "Only about the client with this client_id.")
    var client: String?
    @Option(name: .long, help: "Only of the request with this reference.")
    var reference: String?
    @Option(name: .long, help: "The latest so many, 1 to 100000.")
    var limit = 100
    @Flag(name: .long, help: "One JSON object a line.")
    var json = false
    @Flag(name: .long, help: "Go on, and show each further event when it is written; end with Control-C.")
    var follow = false

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 100000") }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        try await Cellar(settings).with { try await show($0) }
    }

    private func show(_ store: Store) async throws {
        let listing = AuditListing(json: json, terminal: Terminal.standardOutput)
        var query = query(at: AuditDesk.microseconds())
        let events = try await store.auditEvents(query)
        for event in events { try Answer.tell(listing.line(event)) }
        if events.isEmpty, !follow { Terminal.tell("No event matches.") }
        guard follow else { return }
        var feed = AuditFeed(shown: events, now: AuditDesk.microseconds())
        query.limit = 10_000
        while true {
            try await Task.sleep(for: .milliseconds(500))
            query.since = feed.since
            for event in feed.take(try await store.auditEvents(query)) { try Answer.tell(listing.line(event)) }
        }
    }

    private func query(at now: Int64) -> AuditQuery {
        var query = AuditQuery()
        query.since = since?.microseconds(at: now)
        (query.kind, query.subject, query.clientID) = (kind?.rawValue, subject, client)
        (query.reference, query.limit) = (reference, limit)
        return query
    }
}

extension AuditEvent.Kind: ExpressibleByArgument {}

import ArgumentParser
import Foundation
import Hummingbird
import Logging
import NIOCore

/// The upstream providers on loopback: for tests, and for the demo.
@main
struct MockUpstream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock-upstream",
        abstract: "Stand in for GitHub, Google, Discord, Facebook and others, on this machine alone.",
        discussion: """
            Each provider is below a prefix of its own: /github /google /discord /facebook /oidc /microsoft /apple \
            /gitlab. It checks what it is sent as strictly as the company does, and answers at once for the person that \
            the control API (/_ctl) or a login_hint chose.
            """)

    @Option(name: .long, help: "The address and port to listen at; port 0 takes a free one.")
    var listen = "127.0.0.1:0"
    @Flag(name: .customLong("print-port"), help: "Print the port, one line, when it listens.")
    var printsPort = false
    @Flag(name: .long, help: "Show a page on which one chooses who to be.")
    var choose = false
    @Option(name: .customLong("client-id"), help: "The client that all providers know.")
    var clientID = "stand-in-client"
    @Option(name: .customLong("client-secret"), help: "Its secret.")
    var clientSecret = "stand-in-secret"
    @Option(
        name: .customLong("redirect-prefix"),
        help: "What a return address begins with; repeatable. Without it: any port of localhost and of 127.0.0.1.")
    var redirectPrefixes: [String] = []

    func validate() throws { _ = try address() }

    func run() async throws {
        let (host, port) = try address()
        let house = House(
            clientID: clientID, clientSecret: clientSecret, redirectPrefixes: redirectPrefixes, choose: choose)
        var logger = Logger(label: "mock-upstream")
        logger.logLevel = .critical
        let application = Application(
            responder: Door(standIn: StandIn(house: house), host: host),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { [printsPort] channel in
                let port = channel.localAddress?.port ?? 0
                let line = printsPort ? "\(port)" : "The stand-in providers are at http://\(host):\(port)"
                FileHandle.standardOutput.write(Data((line + "\n").utf8))
            }, logger: logger)
        // Nothing here outlives the process: the signal that ends it needs no ceremony.
        try await application.run()
    }

    private func address() throws -> (host: String, port: Int) {
        let parts = listen.split(separator: ":").map(String.init)
        guard let host = parts.first, parts.count == 2, let port = parts.last.flatMap({ Int($0) }),
            (0...65_535).contains(port)
        else { throw ValidationError("--listen must be like 127.0.0.1:0") }
        return (host, port)
    }
}

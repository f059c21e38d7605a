import ArgumentParser
import Cryptography
import Demo
import Foundation
import OAuth
import Outbound

/// `martlet demo`: a small client app, to try a server with.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run a small client app that lets you sign in and shows what it is told.",
        discussion: """
            Start `martlet serve` in one terminal and `martlet demo` in another, then open http://localhost:8081.

            At its first start the demo registers itself: it draws a secret, keeps it in a file only you can read, and \
            writes Clients/demo.json with the SHA-256. A server that runs already must then read its clients again \
            (SIGHUP, or a restart). To take the demo away: `martlet client remove demo`.
            """)

    @Option(name: .long, help: "The port to listen at.")
    var port = 8081
    @Option(name: .long, help: "The address to listen at; in a container 0.0.0.0.")
    var host = "127.0.0.1"
    @Option(name: .long, help: "The server to sign in with; without it, the issuer of the settings.")
    var issuer: String?
    @Option(name: .customLong("secret-file"), help: "Where the demo keeps its secret.")
    var secretFile = "data/demo-secret"
    @OptionGroup var options: ClientOptions

    func validate() throws {
        guard (1...65_535).contains(port) else { throw ValidationError("--port must be from 1 to 65535") }
        guard issuer.map({ $0.hasPrefix("https://") || $0.hasPrefix("http://") }) ?? true else {
            throw ValidationError("--issuer must be an address such as http://localhost:8080")
        }
    }

    func run() async throws {
        let settings = try Settings.ofThisProcess()
        let random = SystemRandom()
        let issuer = issuer ?? settings.issuer.text
        let addresses = DemoConfiguration(issuer: issuer, clientID: DemoRegistration.id, clientSecret: "", port: port)
        let registration = DemoRegistration(folder: options.folder(settings), secretFile: secretFile)
        let (secret, written) = try registration.complete(
            home: addresses.home, redirectURI: addresses.redirectURI, random: random, at: SystemClock().now)
        let demo = try DemoApplication(
            configuration: DemoConfiguration(
                issuer: issuer, clientID: DemoRegistration.id, clientSecret: secret, host: host, port: port),
            fetcher: try CurlFetcher(), random: random, clock: SystemClock(), templates: settings.folders.templates,
            logger: settings.commandLogger)
        Terminal.tell("The demo is at \(addresses.home) and signs in with \(issuer).")
        if let written {
            Terminal.tell("It has just registered itself in \(written).")
            Terminal.tell(ClientPlace.folder.reminder)
        }
        try await serve(demo)
    }

    private func serve(_ demo: DemoApplication) async throws {
        do {
            try await demo.run()
        } catch {
            guard "\(error)".contains("bind") else { throw error }
            throw CommandRefusal("port \(port) of \(host) cannot be listened at (\(error)); choose another by --port")
        }
    }
}

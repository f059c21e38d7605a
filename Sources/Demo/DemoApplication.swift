import Cryptography
import Hummingbird
import Logging
import OAuth

/// The demo, put together: a relying party of its own with nothing shared but the program it lives in.
package struct DemoApplication: Sendable {
    private let configuration: DemoConfiguration
    private let routes: DemoRoutes
    private let logger: Logger

    /// - Parameter directory: the folder of templates, with `assets` and `messages` in it.
    package init(
        configuration: DemoConfiguration, fetcher: any HTTPFetcher, random: any RandomSource, clock: any WallClock,
        templates directory: String, logger: Logger
    ) throws {
        self.configuration = configuration
        self.logger = logger
        routes = DemoRoutes(
            party: RelyingParty(configuration: configuration, fetcher: fetcher),
            pages: try DemoPages(directory: directory, issuer: configuration.issuer),
            visits: DemoVisits(random: random), random: random, clock: clock, logger: logger)
    }

    package func application() -> some ApplicationProtocol {
        let router = Router(context: BasicRequestContext.self)
        routes.add(to: router)
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            logger: logger)
    }

    /// Serves until SIGTERM or SIGINT.
    package func run() async throws {
        try await application().runService()
    }
}

/// Who the demo is, where it listens, and whose answers it believes.
package struct DemoConfiguration: Sendable {
    package let issuer: String
    package let clientID: String
    package let clientSecret: String
    /// The address to listen at; what browsers use is always `localhost`.
    package let host: String
    package let port: Int

    package init(issuer: String, clientID: String, clientSecret: String, host: String = "127.0.0.1", port: Int = 8081) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.host = host
        self.port = port
    }

    package var home: String { "http://localhost:\(port)/" }
    package var redirectURI: String { home + "callback" }

    /// What the demo asks for: one of everything, so that there is something to see.
    package static let scope = "openid profile email roles offline_access"
}

extension DemoConfiguration: CustomStringConvertible {
    package var description: String { "\(clientID) at \(home), asking \(issuer)" }
}

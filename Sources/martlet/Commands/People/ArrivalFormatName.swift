import ArgumentParser
import Identity

/// `--format`: whose file it is.
enum ArrivalFormatName: String, CaseIterable, ExpressibleByArgument {
    case django
    case keycloak
    case auth0
    case firebase
    case martlet

    /// For sentences.
    var owner: String {
        switch self {
        case .django: "Django"
        case .keycloak: "Keycloak"
        case .auth0: "Auth0"
        case .firebase: "Firebase"
        case .martlet: "Martlet"
        }
    }

    /// What a file looks like by its first bytes; `nil` where nothing tells.
    static func guess(_ beginning: [UInt8]) -> Self? {
        let text = String(decoding: beginning, as: UTF8.self)
        let marks: [(Self, [String])] = [
            (.martlet, ["\"\(Departure.format)\""]),
            (.django, ["\"model\"", "\"fields\""]),
            (.firebase, ["\"localId\""]),
            (.keycloak, ["\"realm\"", "\"users\""]),
            (.keycloak, ["\"createdTimestamp\"", "\"users\""]),
            (.auth0, ["\"$oid\""]),
            (.auth0, ["\"user_id\""]),
            (.auth0, ["\"custom_password_hash\""]),
            (.auth0, ["\"password_hash\""]),
        ]
        return marks.first { _, all in all.allSatisfy(text.contains) }?.0
    }
}

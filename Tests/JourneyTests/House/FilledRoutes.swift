@testable import Web

extension Route {
    /// Its path with something in each of its places.
    var filled: String { Self.filled(path) }

    static func filled(_ path: String) -> String {
        path.replacing("/*", with: "/x").replacing("{id}", with: "x").replacing("{provider}", with: "github")
    }
}

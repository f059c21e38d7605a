/// Tells roughly where an address is. Never by asking another machine (B095).
package protocol PlaceDirectory: Sendable {
    /// A city, a country; `nil` when it is not known.
    func place(of address: String) -> String?
}

/// Knows no place.
package struct NoPlaces: PlaceDirectory {
    package init() {}

    package func place(of address: String) -> String? { nil }
}

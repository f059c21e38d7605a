/// Which schema a database has, and which this program brings.
package struct SchemaStatus: Sendable, Equatable {
    /// 0 for an empty database.
    package let found: Int64
    package let known: Int64

    package init(found: Int64, known: Int64) {
        self.found = found
        self.known = known
    }
}

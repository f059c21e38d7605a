/// The one store behind every port of the rules and of Identity. Each verb is one transaction.
package struct Store: Sendable {
    package let database: any Database

    package init(database: any Database) {
        self.database = database
    }
}

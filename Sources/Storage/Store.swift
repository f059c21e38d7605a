/// The one store behind every port of the rules and of Identity. Each verb is one transaction.
package struct Store: Sendable {
    package let database: any Engine

    package init(database: any Engine) {
        self.database = database
    }
}

import Identity
import OAuth

extension SQLConnection {
    func keep(_ undo: AddressUndo) throws {
        let latest = try rows(
            "SELECT MAX(number) FROM address_undos WHERE account_id = $1", [.text(undo.accountID)])
        try insert(
            into: "address_undos",
            [
                "link": .digest(undo.link),
                "account_id": .text(undo.accountID),
                "number": .integer((try latest.first?.optionalInteger(0) ?? 0) + 1),
                "email": .text(undo.address.typed),
                "created_at": .instant(undo.createdAt),
                "expires_at": .instant(undo.expiresAt),
            ])
    }
}

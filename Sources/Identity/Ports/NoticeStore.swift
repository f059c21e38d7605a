/// What people are to be told about their accounts. Whatever happens that they should know leaves its notice in
/// the same step.
package protocol NoticeStore: Sendable {
    /// Unread ones, latest first.
    func notices(of subject: String) async throws -> [AccountNotice]

    /// Drops a notice that its own person has read. `false` when there is no such notice of theirs.
    func dismiss(noticeID: String, of subject: String) async throws -> Bool
}

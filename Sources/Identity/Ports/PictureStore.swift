import OAuth

/// Pictures of people, as they are shown.
package protocol PictureStore: Sendable {
    /// `nil` too for a picture of somebody whose account is not active.
    func picture(_ id: String) async throws -> Picture?

    func picture(of accountID: String) async throws -> Picture?

    /// Puts a picture into the place of the one before, and names it in the profile, in one step. `false`, and nothing
    /// written, when the account is not active any more.
    func setPicture(_ picture: Picture, at now: Instant) async throws -> Bool

    /// Removes the picture and its name in the profile. `false` when there was none.
    func removePicture(of accountID: String, at now: Instant) async throws -> Bool
}

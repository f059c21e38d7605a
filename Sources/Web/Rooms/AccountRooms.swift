import Identity

/// What the pages of a person's own account need beside the rest.
package struct AccountRooms: Sendable {
    package let preferences: PreferenceChange
    package let methods: any SignInMethodStore
    package let browsers: any KnownBrowserStore
    package let profiles: any ProfileStore
    package let pictures: any PictureStore
    package let deletion: AccountDeletion
    package let comeBack: ComeBack
    package let events: any PersonEventStore
    /// What this installation asks of people beside what everybody asks.
    package let attributes: [ProfileAttribute]
    package let people: People

    package init(
        preferences: PreferenceChange, methods: any SignInMethodStore, browsers: any KnownBrowserStore,
        profiles: any ProfileStore, pictures: any PictureStore, deletion: AccountDeletion, comeBack: ComeBack,
        events: any PersonEventStore, attributes: [ProfileAttribute], people: People
    ) {
        self.preferences = preferences
        self.methods = methods
        self.browsers = browsers
        self.profiles = profiles
        self.pictures = pictures
        self.deletion = deletion
        self.comeBack = comeBack
        self.events = events
        self.attributes = attributes
        self.people = people
    }
}

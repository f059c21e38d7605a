import JSON

/// Ties to providers in what `dumpdata` writes: of social-auth-app-django, under its names from then to now, and of
/// django-allauth.
enum DjangoTie {
    private static let models = [
        "social_django.usersocialauth", "social_auth.usersocialauth", "default.usersocialauth",
        "socialaccount.socialaccount",
    ]

    /// `nil` for every other record.
    static func read(_ record: JSONObject) -> ForeignTie? {
        guard let model = record["model"]?.stringValue, models.contains(model) else { return nil }
        let fields = record["fields"]?.objectValue ?? JSONObject()
        let extra = fields["extra_data"]?.objectValue ?? JSONObject()
        let label = ["login", "username", "email"].lazy.compactMap { extra[$0]?.stringValue }.first
        return ForeignTie(provider: fields["provider"]?.stringValue, uid: fields["uid"], label: label)
    }
}

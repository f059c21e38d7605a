/// What other systems call providers: social-auth-app-django, django-allauth, Keycloak, Auth0 and Firebase.
enum ForeignProvider {
    /// The id that a provider has here, unless its operator gives it another; `nil` where a subject from there says
    /// nothing here.
    static func id(_ name: String) -> String? {
        let folded = name.lowercased()
        if let id = names[folded] { return id }
        return strangers.contains(folded) || !UpstreamProvider.isID(name) ? nil : name
    }

    private static let names = [
        "google": "google", "google-oauth2": "google", "google-openidconnect": "google", "google-plus": "google",
        "google.com": "google",
        "github": "github", "github-org": "github", "github-team": "github", "github-app": "github",
        "github.com": "github",
        "discord": "discord",
        "facebook": "facebook", "facebook-app": "facebook", "facebook.com": "facebook",
        "apple": "apple", "apple-id": "apple", "apple.com": "apple",
        "gitlab": "gitlab", "gitlab.com": "gitlab",
    ]

    /// They keep one half of what Microsoft knows somebody by, or an address; the tenant is missing.
    private static let strangers: Set<String> = [
        "microsoft", "microsoft-graph", "microsoft.com", "windowslive", "live", "waad", "office365", "azure",
        "azuread", "azuread-oauth2", "azuread-tenant-oauth2", "azuread-v2-oauth2", "azuread-v2-tenant-oauth2",
        "azuread-b2c-oauth2",
    ]
}

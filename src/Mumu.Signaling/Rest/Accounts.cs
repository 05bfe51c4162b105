// REST bodies of accounts: set-up, register, login.
namespace Mumu.Signaling.Rest;

/// <summary><c>GET /api/setup</c>.</summary>
/// <param name="Needed">True while there is no owner.</param>
public sealed record SetupStatus(bool Needed);

/// <summary><c>POST /api/setup</c>: makes the owner.</summary>
/// <param name="SetupToken">The one-time token printed by the terminal.</param>
/// <param name="Username">1–64 characters.</param>
/// <param name="Password">8–256 characters.</param>
/// <param name="Email">Optional.</param>
public sealed record SetupRequest(string? SetupToken, string? Username, string? Password, string? Email = null);

/// <summary><c>POST /api/auth/register</c>.</summary>
/// <param name="Username">1–64 characters.</param>
/// <param name="Password">8–256 characters.</param>
/// <param name="Email">Unique where given.</param>
public sealed record RegisterRequest(string? Username, string? Password, string? Email = null);

/// <summary><c>POST /api/auth/login</c>.</summary>
public sealed record LoginRequest(string? Username, string? Password);

/// <summary><c>POST /api/auth/password</c>: other sign-ins of the user end.</summary>
public sealed record ChangePasswordRequest(string? CurrentPassword, string? NewPassword);

/// <summary>The answer to set-up, register, login and refresh; a refresh token travels in an HttpOnly cookie beside it.</summary>
/// <param name="AccessToken">A JWT for <c>Authorization: Bearer</c> and for the viewer's hello.</param>
/// <param name="TokenType">Always <c>bearer</c>.</param>
/// <param name="ExpiresIn">Seconds until the access token expires.</param>
/// <param name="User">Who signed in.</param>
public sealed record TokenResponse(string AccessToken, string TokenType, int ExpiresIn, UserInfo User);

/// <summary>A user, as seen by that user.</summary>
/// <param name="Id">Number of the user.</param>
/// <param name="Username">The name as the user wrote it.</param>
/// <param name="Email">Null where none was given.</param>
/// <param name="Role"><c>owner</c>, <c>admin</c> or <c>user</c>.</param>
public sealed record UserInfo(long Id, string Username, string? Email, string Role);

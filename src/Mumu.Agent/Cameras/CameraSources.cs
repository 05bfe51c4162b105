// Makes the source a camera's settings describe.
using Mumu.Agent.Settings;
using Mumu.Media.Units;

namespace Mumu.Agent.Cameras;

/// <summary>Makes the source of one run of a camera.</summary>
/// <param name="id">The camera's id.</param>
/// <param name="settings">Its settings.</param>
public delegate ISource CameraSourceFactory(string id, CameraSettings settings);

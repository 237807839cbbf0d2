/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * @file
 * The classes of ns-3 that the module derives from, with the functions that it overrides: Doxygen
 * learns from here what those do. Never compiled.
 */

namespace ns3
{

/// ns-3's base of everything with attributes and trace sources.
class Object
{
  protected:
    /// Get ready, at the start of a simulation.
    virtual void DoInitialize();
    /// Let go of other objects, at the end of a simulation.
    virtual void DoDispose();
};

/// ns-3's base of what runs on a node.
class Application : public Object
{
  private:
    /// The application starts, at its StartTime.
    virtual void StartApplication();
    /// The application stops, at its StopTime if it has one.
    virtual void StopApplication();
};

/// ns-3's base of path loss and fading.
class PropagationLossModel : public Object
{
  private:
    /**
     * Work out what this model of the chain alone does to a signal.
     * @param txPowerDbm power sent, dBm
     * @param a mobility model of the sender
     * @param b mobility model of the receiver
     * @return power received, dBm
     */
    virtual double DoCalcRxPower(double txPowerDbm,
                                 Ptr<MobilityModel> a,
                                 Ptr<MobilityModel> b) const = 0;

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    virtual int64_t DoAssignStreams(int64_t stream) = 0;
};

/// ns-3's base of what draws from an energy source; from ns-3.42 on in namespace ns3::energy.
class DeviceEnergyModel : public Object
{
  public:
    /**
     * Set what to draw from.
     * @param source energy source
     */
    virtual void SetEnergySource(Ptr<EnergySource> source) = 0;

    /// @return energy drawn so far, J
    virtual double GetTotalEnergyConsumption() const = 0;

    /**
     * Go to another state.
     * @param newState state
     */
    virtual void ChangeState(int newState) = 0;

    /// The source is empty.
    virtual void HandleEnergyDepletion() = 0;
    /// The source is no longer empty.
    virtual void HandleEnergyRecharged() = 0;
    /// What is left in the source has changed.
    virtual void HandleEnergyChanged() = 0;

  private:
    /// @return current drawn now, A
    virtual double DoGetCurrentA() const;
};

} // namespace ns3

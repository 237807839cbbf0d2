/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MLU_ENERGY_MODEL_H
#define MLU_ENERGY_MODEL_H

#include "ns3/callback.h"
#include "ns3/device-energy-model.h"
#include "ns3/energy-source.h"
#include "ns3/event-id.h"
#include "ns3/offload-ns3-compat.h"

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What an MLU's computing and sending draw from an ns-3 energy source.
 *
 * Idle power, the screen and the like are not in it: the paper's energy (15) + (21) is what leaves
 * the battery. The model works out when the source will be empty and stops the MLU at that instant.
 */
class MluEnergyModel : public DeviceEnergyModel
{
  public:
    /// Tells that the battery is empty.
    using DepletedCallback = Callback<void>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param depleted called once, when the battery is empty
    void SetDepletedCallback(DepletedCallback depleted);

    /**
     * Draw more or less from now on.
     * @param changeW change of the power drawn, W
     */
    void ChangePower(double changeW);

    /// @return whether the battery is empty
    bool IsDepleted() const;

    /// @return what the battery holds when full, J
    double GetCapacityJ() const;
    /// @return what is left in the battery, J, also after what others drew from it
    double GetRemainingJ() const;

    void SetEnergySource(Ptr<EnergySource> source) override;
    double GetTotalEnergyConsumption() const override;
    void ChangeState(int newState) override;
    void HandleEnergyDepletion() override;
    void HandleEnergyRecharged() override;
    void HandleEnergyChanged() override;

  protected:
    void DoDispose() override;

  private:
    double DoGetCurrentA() const override;

    /// Count the energy drawn until now, and leave the source as it is.
    void CountEnergy();

    Ptr<EnergySource> m_source;  //!< the battery
    DepletedCallback m_depleted; //!< called when it is empty
    double m_powerW{0};          //!< power drawn now, W
    double m_energyJ{0};         //!< energy drawn until m_countedS, J
    double m_countedS{0};        //!< when the energy was last counted, s
    bool m_isDepleted{false};    //!< the battery is empty
    EventId m_depletion;         //!< when it will be empty if nothing changes
};

} // namespace llmmec
} // namespace ns3

#endif // MLU_ENERGY_MODEL_H

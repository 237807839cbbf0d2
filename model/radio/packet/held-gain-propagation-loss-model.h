/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef HELD_GAIN_PROPAGATION_LOSS_MODEL_H
#define HELD_GAIN_PROPAGATION_LOSS_MODEL_H

#include "ns3/propagation-loss-model.h"

#include <map>
#include <utility>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Keeps the gains that another model, or chain of models, gave when they were last measured.
 *
 * Slots need not begin where blocks of fading do. A fluid link holds the gains of a slot; without
 * this model, a packet of the same slot would meet the fading of the next block. Between two nodes
 * that were never measured, the other model answers.
 */
class HeldGainPropagationLossModel : public PropagationLossModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Draw a gain and keep it until the next call.
     * @param from mobility of the sender
     * @param to mobility of the receiver
     * @return the gain, dB, <= 0 as a rule
     */
    double MeasureGainDb(Ptr<MobilityModel> from, Ptr<MobilityModel> to);

    /// @param model the model, or the first of a chain
    void SetModel(Ptr<PropagationLossModel> model);
    /// @return the model
    Ptr<PropagationLossModel> GetModel() const;

  protected:
    void DoDispose() override;

  private:
    double DoCalcRxPower(double txPowerDbm,
                         Ptr<MobilityModel> a,
                         Ptr<MobilityModel> b) const override;
    int64_t DoAssignStreams(int64_t stream) override;

    /// Two nodes' mobility: from, to
    using Path = std::pair<Ptr<MobilityModel>, Ptr<MobilityModel>>;

    Ptr<PropagationLossModel> m_model; //!< what is asked
    bool m_holdsGains;                 //!< whether a measured gain is kept
    std::map<Path, double> m_gainsDb;  //!< measured, dB
};

} // namespace llmmec
} // namespace ns3

#endif // HELD_GAIN_PROPAGATION_LOSS_MODEL_H

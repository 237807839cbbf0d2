/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_CELL_GAINS_H
#define MEC_CELL_GAINS_H

#include "ns3/propagation-loss-model.h"

#include <map>
#include <utility>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Gains of a cell in which all nodes hear each other, as in wifi and LTE.
 *
 * The gain that was measured between an MLU and its server holds in both directions until the next
 * measurement. Between all other nodes, and before the first measurement, there is path loss
 * without fading: fading there would take random numbers of the uploads' fading, and cells of the
 * same seed would meet other gains than over another link.
 */
class MecCellGains : public PropagationLossModel
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param model path loss, whose next models are fading; they are parted from it
    void SetModel(Ptr<PropagationLossModel> model);
    /// @return path loss
    Ptr<PropagationLossModel> GetModel() const;

    /**
     * Draw a gain and keep it until the next call.
     * @param mlu mobility of the MLU
     * @param server mobility of the server
     * @return the gain, dB, <= 0 as a rule
     * @throw std::runtime_error in one line when there is no model
     */
    double MeasureGainDb(Ptr<MobilityModel> mlu, Ptr<MobilityModel> server);

  protected:
    void DoDispose() override;

  private:
    double DoCalcRxPower(double txPowerDbm,
                         Ptr<MobilityModel> a,
                         Ptr<MobilityModel> b) const override;
    int64_t DoAssignStreams(int64_t stream) override;

    /// Mobility of an MLU and of its server
    using Path = std::pair<Ptr<MobilityModel>, Ptr<MobilityModel>>;

    Ptr<PropagationLossModel> m_pathLoss; //!< by distance
    Ptr<PropagationLossModel> m_fading;   //!< what follows, or null
    std::map<Path, double> m_gainsDb;     //!< measured, dB
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_CELL_GAINS_H

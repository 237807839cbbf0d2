/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef OFFLOAD_CARRIED_SLOT_H
#define OFFLOAD_CARRIED_SLOT_H

#include "agents/rows.h"
#include "offload-slot-cost.h"

#include "ns3/offload-limits.h"

#include <Eigen/Core>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief One slot of OffloadCarriedEntities: its reward, what it leaves, and the gradient of both.
 *
 * Times count from the start of the slot. MLU k computes its own share until D, has sent the other
 * until A, and the server has done it at F:
 * - D = CPU's backlog + (1 - alpha) X t_local, A = radio's backlog + alpha X t_upload
 * - F = A + s with s = alpha X t_server; first come first served: max(A, F of the one before) + s,
 *   in the order of A, where the first waits for the server's backlog
 * - L = max(D, F), E = (1 - alpha) X J + p alpha X t_upload
 */
class OffloadCarriedSlot
{
  public:
    /**
     * @param limits of the cell
     * @param powerRangeDb R, dB
     * @param traits K x OffloadCarriedEntities::ALL_TRAITS; they have to outlive this
     * @param actions K x 2; they have to outlive this
     * @param components K x 3, logarithms of seconds per Mbit
     */
    OffloadCarriedSlot(const OffloadLimits& limits,
                       double powerRangeDb,
                       const Eigen::Ref<const agents::Rows>& traits,
                       const Eigen::Ref<const agents::Rows>& actions,
                       const Eigen::Ref<const agents::Rows>& components);

    /// @return K times the reward (47), 1/s
    double GetWorth() const;

    /// @param[out] next K x OffloadCarriedEntities::CARRIED, what the slot leaves
    void CarryOn(Eigen::Ref<agents::Rows> next) const;

    /// As agents::CarriedSteps::Differentiate. @param byWorth weight of GetWorth @param byNext
    /// weights of what is left @param[out] byCarried derivatives @param[out] byActions derivatives
    /// @param[out] byComponents derivatives
    void Differentiate(double byWorth,
                       const Eigen::Ref<const agents::Rows>& byNext,
                       Eigen::Ref<agents::Rows> byCarried,
                       Eigen::Ref<agents::Rows> byActions,
                       Eigen::Ref<agents::Rows> byComponents) const;

  private:
    /// Derivatives of what is computed on the way.
    struct Derivatives
    {
        Eigen::ArrayXd localEnd;      ///< by D
        Eigen::ArrayXd arrival;       ///< by A
        Eigen::ArrayXd serverEnd;     ///< by F
        Eigen::ArrayXd service;       ///< by s
        Eigen::ArrayXd energy;        ///< by E
        Eigen::ArrayXd accuracy;      ///< by what (28) says of an answer
        Eigen::ArrayXd hallucination; ///< by what (28) says of an answer
        Eigen::ArrayXd battery;       ///< by what is in the battery
        double server{0};             ///< by the server's backlog
    };

    /// Work out when the server has done each share.
    void ServeShares();
    /// Work out what the batteries pay for, and the reward.
    void ValueAnswers();
    /// @param byWorth weight of the worth @param[in,out] by gets its part of the derivatives
    void DifferentiateWorth(double byWorth, Derivatives& by) const;
    /// @param byNext weights of what is left @param[in,out] by gets its part of the derivatives
    void DifferentiateNext(const Eigen::Ref<const agents::Rows>& byNext, Derivatives& by) const;
    /// Lead derivatives by F back to A, s and the server's backlog. @param[in,out] by derivatives
    void DifferentiateServer(Derivatives& by) const;

    const OffloadLimits& m_limits;                 //!< of the cell
    const double m_range;                          //!< R, natural logarithm
    const Eigen::Ref<const agents::Rows> m_traits; //!< as given
    const Eigen::ArrayXd m_ratio;                  //!< alpha
    const Eigen::ArrayXd m_mbit;                   //!< X
    const Eigen::ArrayXd m_powerW;                 //!< p
    const Eigen::ArrayXXd m_secondsPerMbit;        //!< of upload, device and server
    const Eigen::ArrayXd m_batteryJ;               //!< what is in it
    Eigen::ArrayXd m_localEndS;                    //!< D
    Eigen::ArrayXd m_uploadS;                      //!< of the upload alone
    Eigen::ArrayXd m_arrivalS;                     //!< A
    Eigen::ArrayXd m_serviceS;                     //!< s
    Eigen::ArrayXd m_serverEndS;                   //!< F
    Eigen::ArrayXd m_energyJ;                      //!< E
    Eigen::ArrayXd m_latencyS;                     //!< L of an answer
    Eigen::ArrayXd m_accuracy;                     //!< of an answer
    Eigen::ArrayXd m_hallucination;                //!< of an answer
    Eigen::ArrayXd m_answered;                     //!< share of an answer, [0, 1]
    Eigen::ArrayXd m_countedS;                     //!< latency that counts
    std::vector<Eigen::Index> m_order;     //!< MLUs by arrival, where the server has a queue
    double m_serverBacklogS{0};            //!< when the server is free
    double m_serverFreeS{0};               //!< when it is free after this slot's shares
    std::optional<OffloadSlotCost> m_cost; //!< with penalty
};

} // namespace llmmec
} // namespace ns3

#endif // OFFLOAD_CARRIED_SLOT_H
